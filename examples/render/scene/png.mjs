// The part of PNG that the example needs: 8-bit grey, RGB and RGBA without interlacing.
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHANNELS_BY_COLOUR_TYPE = { 0: 1, 2: 3, 6: 4 };

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** Splits a PNG file into its chunks, in file order. */
export function readChunks(file) {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error("not a PNG file");
  const chunks = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    if (at + 12 + length > file.length) throw new Error("the PNG file is cut short");
    chunks.push({
      type: file.toString("latin1", at + 4, at + 8),
      data: file.subarray(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  if (chunks[0]?.type !== "IHDR" || chunks.at(-1).type !== "IEND") throw new Error("the PNG file is not whole");
  return chunks;
}

/** Joins chunks into a PNG file. */
export function writeChunks(chunks) {
  return Buffer.concat([SIGNATURE, ...chunks.map(encodeChunk)]);
}

/** Decodes a PNG file into RGB bytes, three to a pixel, row after row. */
export function decode(file) {
  const chunks = readChunks(file);
  const header = chunks[0].data;
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const channels = CHANNELS_BY_COLOUR_TYPE[header[9]];
  if (header[8] !== 8 || channels === undefined || header[12] !== 0)
    throw new Error("only 8-bit grey, RGB and RGBA without interlacing can be read");

  const packed = inflateSync(Buffer.concat(chunks.filter((c) => c.type === "IDAT").map((c) => c.data)));
  const samples = unfilter(packed, width * channels, height, channels);
  const rgb = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++) rgb[pixel * 3 + c] = samples[pixel * channels + (channels === 1 ? 0 : c)];
  return { width, height, rgb };
}

/** Encodes a picture as a PNG file: RGB bytes, three to a pixel, or grey bytes, one to a pixel. */
export function encode({ width, height, rgb, grey }) {
  const channels = grey ? 1 : 3;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, grey ? 0 : 2, 0, 0, 0], 8);
  return writeChunks([
    { type: "IHDR", data: header },
    { type: "IDAT", data: deflateSync(filterByRowAbove(grey ?? rgb, width * channels, height), { level: 9 }) },
    { type: "IEND", data: Buffer.alloc(0) },
  ]);
}

function encodeChunk({ type, data }) {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc(chunk.subarray(4, data.length + 8)), data.length + 8);
  return chunk;
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function filterByRowAbove(samples, stride, height) {
  const UP = 2;
  const rows = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    rows[y * (stride + 1)] = UP;
    for (let x = 0; x < stride; x++)
      rows[y * (stride + 1) + 1 + x] = samples[y * stride + x] - (y > 0 ? samples[(y - 1) * stride + x] : 0);
  }
  return rows;
}

function unfilter(packed, stride, height, channels) {
  if (packed.length < (stride + 1) * height) throw new Error("the PNG file has too few rows");
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = packed[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? out[y * stride + x - channels] : 0;
      const above = y > 0 ? out[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0 ? out[(y - 1) * stride + x - channels] : 0;
      out[y * stride + x] = packed[y * (stride + 1) + 1 + x] + predict(filter, left, above, corner);
    }
  }
  return out;
}

function predict(filter, left, above, corner) {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      throw new Error(`unknown PNG row filter ${filter}`);
  }
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const byLeft = Math.abs(guess - left);
  const byAbove = Math.abs(guess - above);
  const byCorner = Math.abs(guess - corner);
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}
