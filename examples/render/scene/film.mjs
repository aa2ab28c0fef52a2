// Makes the film and the contact sheet from the frames of the render job. Needs Node and nothing else.
//
//   node scene/film.mjs FRAMES_FOLDER OUTPUT_FOLDER
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode, readChunks, writeChunks } from "./png.mjs";

const FRAMES_PER_SECOND = 10;
const SHEET_COLUMNS = 6;
const THUMBNAIL_WIDTH = 240;
const GAP = 6;
const BACKGROUND = [9, 12, 22];
const INK = [150, 170, 190];

// Digits of 3 by 5 points; each number holds one row, the highest bit on the left.
const DIGITS = [
  [7, 5, 5, 5, 7], [2, 6, 2, 2, 7], [7, 1, 7, 4, 7], [7, 1, 7, 1, 7], [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7], [7, 4, 7, 5, 7], [7, 1, 1, 2, 2], [7, 5, 7, 5, 7], [7, 5, 7, 1, 7],
];

const [framesFolder, outputFolder] = process.argv.slice(2);
if (!framesFolder || !outputFolder) {
  console.error("usage: node film.mjs FRAMES_FOLDER OUTPUT_FOLDER");
  process.exit(2);
}

const names = readdirSync(framesFolder).filter((name) => /^frame-\d+\.png$/.test(name)).sort();
if (names.length === 0) {
  console.error(`${framesFolder} holds no file named frame-NNN.png`);
  process.exit(1);
}

const files = names.map((name) => readFileSync(join(framesFolder, name)));
mkdirSync(outputFolder, { recursive: true });
save("film.png", film(files));
save("contact-sheet.png", encode(contactSheet(files.map(decode))));
save("index.html", page(names.length));

function save(name, content) {
  writeFileSync(join(outputFolder, name), content);
  console.log(`${name}: ${content.length} bytes from ${names.length} frames`);
}

/** An animated PNG. The frames' compressed rows are taken over as they are. */
function film(files) {
  const first = readChunks(files[0]);
  const header = first[0].data;
  const beforePixels = first.filter(({ type }) => ["gAMA", "cHRM", "sRGB"].includes(type));
  let sequence = 0;
  const frames = files.flatMap((file, index) => {
    const chunks = readChunks(file);
    if (!chunks[0].data.equals(header)) throw new Error(`${names[index]} differs from ${names[0]} in size or colour type`);
    const pixels = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
    const control = { type: "fcTL", data: frameControl(sequence++, header) };
    if (index === 0) return [control, { type: "IDAT", data: pixels }];
    return [control, { type: "fdAT", data: Buffer.concat([bigEndian(sequence++), pixels]) }];
  });
  return writeChunks([
    first[0],
    ...beforePixels,
    { type: "acTL", data: Buffer.concat([bigEndian(files.length), bigEndian(0)]) }, // 0: repeat for ever.
    ...frames,
    first.at(-1),
  ]);
}

function frameControl(sequence, header) {
  const control = Buffer.alloc(26);
  control.writeUInt32BE(sequence, 0);
  header.copy(control, 4, 0, 8); // Width and height; the offsets stay 0.
  control.writeUInt16BE(1, 20);
  control.writeUInt16BE(FRAMES_PER_SECOND, 22);
  return control;
}

function bigEndian(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** All frames beside each other, numbered, in reading order. */
function contactSheet(pictures) {
  const columns = Math.min(SHEET_COLUMNS, pictures.length);
  const rows = Math.ceil(pictures.length / columns);
  const thumbnails = pictures.map((picture) => shrink(picture, Math.min(THUMBNAIL_WIDTH, picture.width)));
  const { width: cellWidth, height: cellHeight } = thumbnails[0];
  const sheet = canvas(columns * (cellWidth + GAP) + GAP, rows * (cellHeight + GAP) + GAP);
  thumbnails.forEach((thumbnail, index) => {
    const left = GAP + (index % columns) * (cellWidth + GAP);
    const top = GAP + Math.floor(index / columns) * (cellHeight + GAP);
    paste(sheet, thumbnail, left, top);
    writeNumber(sheet, index, left + 5, top + 5);
  });
  return sheet;
}

function canvas(width, height) {
  const rgb = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) rgb.set(BACKGROUND, pixel * 3);
  return { width, height, rgb };
}

function paste(sheet, picture, left, top) {
  for (let y = 0; y < picture.height; y++) {
    const row = picture.rgb.subarray(y * picture.width * 3, (y + 1) * picture.width * 3);
    sheet.rgb.set(row, ((top + y) * sheet.width + left) * 3);
  }
}

/** Scales a picture down; each new pixel is the mean of the area that it covers. */
function shrink(picture, width) {
  const height = Math.round((picture.height * width) / picture.width);
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rgb.set(mean(picture, x / width, y / height, (x + 1) / width, (y + 1) / height), (y * width + x) * 3);
  return { width, height, rgb };
}

function mean({ width, height, rgb }, left, top, right, bottom) {
  const sum = [0, 0, 0];
  let area = 0;
  for (let y = Math.floor(top * height); y < Math.min(height, Math.ceil(bottom * height)); y++)
    for (let x = Math.floor(left * width); x < Math.min(width, Math.ceil(right * width)); x++) {
      const covered =
        (Math.min(x + 1, right * width) - Math.max(x, left * width)) *
        (Math.min(y + 1, bottom * height) - Math.max(y, top * height));
      for (let c = 0; c < 3; c++) sum[c] += covered * rgb[(y * width + x) * 3 + c];
      area += covered;
    }
  return sum.map((value) => Math.round(value / area));
}

function writeNumber(sheet, number, left, top) {
  [...String(number).padStart(2, "0")].forEach((digit, place) =>
    DIGITS[digit].forEach((bits, y) => {
      for (let x = 0; x < 3; x++) if (bits & (4 >> x)) point(sheet, left + (place * 4 + x) * 2, top + y * 2);
    }),
  );
}

function point(sheet, left, top) {
  for (let y = top; y < top + 2; y++) for (let x = left; x < left + 2; x++) sheet.rgb.set(INK, (y * sheet.width + x) * 3);
}

function page(count) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Meridian: ${count} frames</title>
<style>body{margin:2rem auto;max-width:1500px;background:#090c16;color:#96aabe;font:16px/1.5 system-ui}img{max-width:100%;border-radius:6px}.film{width:960px}</style>
<h1>Film</h1>
<img class="film" src="film.png" alt="A turning globe with work on its way between the hubs of a compute network">
<h1>Contact sheet</h1>
<img src="contact-sheet.png" alt="All ${count} frames beside each other">
</html>
`;
}
