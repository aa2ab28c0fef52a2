// Statistics over every numeric column of every CSV file (.csv or .csv.gz) in a folder. Needs Node and nothing else.
//
//   node statistics.mjs DATA_FOLDER OUTPUT_FOLDER
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

const SPARK_POINTS = 240;
const [dataFolder, outputFolder] = process.argv.slice(2);
if (!dataFolder || !outputFolder) {
  console.error("usage: node statistics.mjs DATA_FOLDER OUTPUT_FOLDER");
  process.exit(2);
}

const files = readdirSync(dataFolder, { recursive: true }).filter((name) => /\.csv(\.gz)?$/.test(name)).sort();
if (files.length === 0) {
  console.error(`${dataFolder} holds no .csv or .csv.gz file`);
  process.exit(1);
}

const series = files.flatMap((name) => columnsOf(name));
mkdirSync(outputFolder, { recursive: true });
writeFileSync(join(outputFolder, "statistics.json"), JSON.stringify(series.map(({ spark, ...rest }) => rest), null, 2) + "\n");
writeFileSync(join(outputFolder, "report.html"), report(series));
console.log(`${files.length} files, ${series.length} series, ${series.reduce((sum, s) => sum + s.count, 0)} values`);

function columnsOf(name) {
  const bytes = readFileSync(join(dataFolder, name));
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const [header, ...rows] = text.split(/\r?\n/).filter((line) => line.length > 0).map((line) => line.split(","));
  return header.flatMap((column, index) => {
    const values = rows.map((row) => (row[index] === "" ? NaN : Number(row[index]))).filter(Number.isFinite);
    // A column of words or dates has few numbers or none.
    return values.length < rows.length / 4 || values.length < 2 ? [] : [statisticsOf(`${basename(name)}: ${column}`, values, rows.length)];
  });
}

function statisticsOf(name, values, rowCount) {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const sorted = Float64Array.from(values).sort();
  const quantile = (share) => sorted[Math.min(count - 1, Math.floor(share * count))];
  const unusual = values.filter((value) => Math.abs(value - mean) > 4 * deviation).length;
  return {
    name, count, missing: rowCount - count, mean: round(mean), deviation: round(deviation), minimum: sorted[0],
    median: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), maximum: sorted[count - 1],
    beyondFourDeviations: unusual, spark: spark(values),
  };
}

function round(value) {
  return Number(value.toPrecision(6));
}

function spark(values) {
  const step = Math.max(1, Math.floor(values.length / SPARK_POINTS));
  return values.filter((_, index) => index % step === 0);
}

function report(all) {
  const rows = all.map((s) => `<tr><th>${escape(s.name)}</th>${["count", "missing", "mean", "deviation", "minimum", "median", "p95", "p99", "maximum", "beyondFourDeviations"]
    .map((key) => `<td>${s[key]}</td>`).join("")}<td>${picture(s.spark)}</td></tr>`);
  return `<!doctype html><meta charset="utf-8"><title>Telemetry</title>
<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.3em .7em;border-bottom:1px solid #ddd;text-align:right}th{text-align:left}</style>
<h1>Telemetry · 遥测统计</h1>
<table><tr><th>series 序列<th>count 数量<th>missing 缺失<th>mean 均值<th>deviation 标准差<th>min<th>median 中位<th>p95<th>p99<th>max<th>&gt;4σ<th></tr>
${rows.join("\n")}</table>
`;
}

function picture(points) {
  const low = Math.min(...points), high = Math.max(...points);
  const path = points.map((v, i) => `${((i / points.length) * 240).toFixed(1)},${(38 - ((v - low) / (high - low || 1)) * 36).toFixed(1)}`);
  return `<svg width="240" height="40"><polyline points="${path.join(" ")}" fill="none" stroke="#1668dc"/></svg>`;
}

function escape(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
