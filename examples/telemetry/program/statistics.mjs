// Statistics over every measured column of every CSV file (.csv or .csv.gz) in a folder. Needs Node and nothing else.
//
//   node statistics.mjs DATA_FOLDER OUTPUT_FOLDER
//
// It reads time series (timestamp,value) and well logs (WELL,DEPTH_MD,GR,…,LITHOLOGY): a column WELL splits a file into
// one group for each well; a time or a depth orders the values; codes are counted, not averaged.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

const GROUP = /^well$/i;
const AXIS = /^(timestamp|date|time|depth.*)$/i;
const CODES = /^(lithology|confidence|label|class)$/i;
const PICTURE_COLUMNS = 240;
const HISTOGRAM_BINS = 24;
const CODES_SHOWN = 12;

const [dataFolder, outputFolder] = process.argv.slice(2);
if (!dataFolder || !outputFolder) {
  console.error("usage: node statistics.mjs DATA_FOLDER OUTPUT_FOLDER");
  process.exit(2);
}

const files = readdirSync(dataFolder, { recursive: true }).filter((name) => /\.csv(\.gz)?$/.test(name)).sort();
const groups = files.flatMap(groupsOf);
const series = groups.flatMap(seriesOf);
const codes = groups.flatMap(codesOf);
if (series.length === 0) {
  console.error(`${dataFolder} holds no .csv or .csv.gz file with a header and numbers`);
  process.exit(1);
}

mkdirSync(outputFolder, { recursive: true });
const result = { series: series.map(({ envelope, ...rest }) => rest), codes };
writeFileSync(join(outputFolder, "statistics.json"), JSON.stringify(result, null, 2) + "\n");
writeFileSync(join(outputFolder, "report.html"), report());
console.log(`${files.length} files, ${series.length} series, ${series.reduce((sum, s) => sum + s.count, 0)} values`);

/** The rows of a file that belong together: those of a well, or all. A file without a header has none. */
function groupsOf(name) {
  const bytes = readFileSync(join(dataFolder, name));
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const [header, ...rows] = text.split(/\r?\n/).filter((line) => line.length > 0).map((line) => line.split(","));
  if (!header || header.every(isNumber)) return [];

  const file = basename(name).replace(/\.csv(\.gz)?$/, "");
  const well = header.findIndex((column) => GROUP.test(column));
  if (well < 0) return [{ name: file, header, rows }];
  const byWell = Map.groupBy ? Map.groupBy(rows, (row) => row[well]) : grouped(rows, well);
  return [...byWell].map(([key, own]) => ({ name: `${file} ${key}`, header, rows: own }));
}

function grouped(rows, column) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row[column])) groups.set(row[column], []);
    groups.get(row[column]).push(row);
  }
  return groups;
}

function seriesOf({ name, header, rows }) {
  const axis = header.findIndex((column) => AXIS.test(column));
  return header.flatMap((column, index) => {
    if (index === axis || GROUP.test(column) || CODES.test(column)) return [];
    const measured = rows.filter((row) => isNumber(row[index]));
    // A column of words has few numbers or none.
    if (measured.length < 2 || measured.length < rows.length / 10) return [];
    const values = measured.map((row) => Number(row[index]));
    return [{ group: name, column, ...rangeOf(measured, axis), ...statisticsOf(values, rows.length) }];
  });
}

/** The first and the last time or depth with a value, where it is known. */
function rangeOf(measured, axis) {
  const known = axis < 0 ? [] : measured.filter((row) => row[axis] !== "");
  return known.length === 0 ? {} : { from: known[0][axis], to: known.at(-1)[axis] };
}

function codesOf({ name, header, rows }) {
  return header.flatMap((column, index) => {
    if (!CODES.test(column)) return [];
    const counts = {};
    for (const row of rows) if (row[index] !== undefined && row[index] !== "") counts[row[index]] = (counts[row[index]] ?? 0) + 1;
    return [{ group: name, column, counts }];
  });
}

function statisticsOf(values, rowCount) {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const sorted = Float64Array.from(values).sort();
  const quantile = (share) => sorted[Math.min(count - 1, Math.floor(share * count))];
  return {
    count,
    missing: rowCount - count,
    mean: round(mean),
    deviation: round(deviation),
    minimum: sorted[0],
    p5: quantile(0.05),
    median: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    maximum: sorted[count - 1],
    beyondFourDeviations: values.filter((value) => Math.abs(value - mean) > 4 * deviation).length,
    histogram: histogramOf(sorted),
    envelope: envelopeOf(values),
  };
}

function histogramOf(sorted) {
  const from = sorted[0];
  const width = (sorted[sorted.length - 1] - from) / HISTOGRAM_BINS;
  const bins = new Array(HISTOGRAM_BINS).fill(0);
  for (const value of sorted) bins[width > 0 ? Math.min(HISTOGRAM_BINS - 1, Math.floor((value - from) / width)) : 0] += 1;
  return bins;
}

/** The least and the greatest value of each column of the picture, so that no spike is lost. */
function envelopeOf(values) {
  const columns = Math.min(PICTURE_COLUMNS, values.length);
  return Array.from({ length: columns }, (_, column) => {
    const part = values.slice(Math.floor((column * values.length) / columns), Math.floor(((column + 1) * values.length) / columns));
    return part.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  });
}

function isNumber(text) {
  return text !== undefined && text.trim() !== "" && Number.isFinite(Number(text));
}

function round(value) {
  return Number(value.toPrecision(6));
}

function report() {
  const keys = ["count", "missing", "mean", "deviation", "minimum", "p5", "median", "p95", "p99", "maximum", "beyondFourDeviations"];
  const rows = series.map(
    (s) => `<tr><th>${escape(s.group)}<td class="text">${escape(s.column)}<br><small>${escape(range(s))}</small>
<td>${envelopePicture(s)}<td>${histogramPicture(s)}${keys.map((key) => `<td>${shown(s[key])}`).join("")}`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Telemetry · 遥测统计</title>
<style>
:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;margin:2em}main{overflow-x:auto}
table{border-collapse:collapse}th,td{padding:.35em .7em;border-bottom:1px solid #8884;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
th,td.text{text-align:left}small{opacity:.7}svg{display:block}.line{fill:#1668dc}.bar{fill:#13a8a8}
</style>
<main>
<h1>Telemetry · 遥测统计</h1>
<p>${series.length} series from ${files.length} files · ${files.length} 个文件，${series.length} 个序列</p>
<table>
<tr><th>group 分组<th>column 列<td class="text">course 走势<td class="text">histogram 分布<td>count 数量<td>missing 缺失<td>mean 均值<td>deviation 标准差<td>min 最小<td>p5<td>median 中位<td>p95<td>p99<td>max 最大<td>&gt; 4σ
${rows.join("\n")}
</table>
${codes.length > 0 ? codesTable() : ""}</main>
</html>
`;
}

function codesTable() {
  const rows = codes.map(({ group, column, counts }) => {
    const shownCounts = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, CODES_SHOWN);
    return `<tr><th>${escape(group)}<td class="text">${escape(column)}<td class="text">${shownCounts
      .map(([code, count]) => `${escape(code)}: ${count}`)
      .join(" · ")}`;
  });
  return `<h2>Codes · 编码</h2>\n<table>\n<tr><th>group 分组<th>column 列<th>rows of each code 各编码的行数\n${rows.join("\n")}\n</table>\n`;
}

function range({ from, to }) {
  return from === undefined ? "" : `${from} … ${to}`;
}

function shown(value) {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}

function envelopePicture({ envelope, minimum, maximum }) {
  const y = (value) => (38 - ((value - minimum) / (maximum - minimum || 1)) * 36).toFixed(1);
  const width = 240 / envelope.length;
  const upper = envelope.map(([, high], i) => `${(i * width).toFixed(1)},${y(high)}`);
  const lower = envelope.map(([low], i) => `${(i * width).toFixed(1)},${(Number(y(low)) + 1).toFixed(1)}`).reverse();
  return `<svg width="240" height="40" role="img" aria-label="course"><polygon class="line" points="${[...upper, ...lower].join(" ")}"/></svg>`;
}

function histogramPicture({ histogram }) {
  const most = Math.max(...histogram);
  const bars = histogram.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * 38);
    return `<rect class="bar" x="${i * 5}" y="${(40 - height).toFixed(1)}" width="4" height="${height.toFixed(1)}"/>`;
  });
  return `<svg width="120" height="40" role="img" aria-label="histogram">${bars.join("")}</svg>`;
}

function escape(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
