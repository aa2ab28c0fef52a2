export interface Place {
  id: string;
  latitude: number;
  longitude: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface MapLayout {
  points: Map<string, Point>;
  /** Where a degree falls, for the grid behind the sites. */
  toPoint: (latitude: number, longitude: number) => Point;
  bounds: { south: number; north: number; west: number; east: number };
}

export interface MapSize {
  width: number;
  height: number;
  margin: number;
  /** Sites nearer than this on paper are moved apart, because their names would lie on each other. */
  distanceMin: number;
}

/** Places sites on paper: east to the right, north up, one scale for both, then apart enough to read. */
export function layOut(places: readonly Place[], size: MapSize): MapLayout {
  const bounds = boundsOf(places);
  const middle = { latitude: (bounds.south + bounds.north) / 2, longitude: (bounds.west + bounds.east) / 2 };
  const squeeze = Math.max(0.2, Math.cos((middle.latitude * Math.PI) / 180));
  const scale = Math.min(
    (size.width - 2 * size.margin) / ((bounds.east - bounds.west) * squeeze),
    (size.height - 2 * size.margin) / (bounds.north - bounds.south),
  );
  const toPoint = (latitude: number, longitude: number): Point => ({
    x: size.width / 2 + (longitude - middle.longitude) * squeeze * scale,
    y: size.height / 2 - (latitude - middle.latitude) * scale,
  });

  const ordered = [...places].sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
  const points = ordered.map((place) => toPoint(place.latitude, place.longitude));
  moveApart(points, size);
  return { points: new Map(ordered.map((place, index) => [place.id, points[index]!])), toPoint, bounds };
}

function boundsOf(places: readonly Place[]) {
  const latitudes = places.map((place) => place.latitude);
  const longitudes = places.map((place) => place.longitude);
  const bounds = {
    south: Math.min(...latitudes), north: Math.max(...latitudes), west: Math.min(...longitudes), east: Math.max(...longitudes),
  };
  if (places.length === 0) return { south: -10, north: 10, west: -20, east: 20 };
  // One place, or places in a line, still need some land around them.
  const spread = (low: number, high: number, least: number) => Math.max(0, (least - (high - low)) / 2);
  const tall = spread(bounds.south, bounds.north, 1);
  const wide = spread(bounds.west, bounds.east, 1.5);
  return { south: bounds.south - tall, north: bounds.north + tall, west: bounds.west - wide, east: bounds.east + wide };
}

function moveApart(points: Point[], size: MapSize) {
  const roundsMax = 80;
  for (let round = 0; round < roundsMax; round += 1) {
    let isQuiet = true;
    for (let first = 0; first < points.length; first += 1) {
      for (let second = first + 1; second < points.length; second += 1) {
        isQuiet = !pushApart(points[first]!, points[second]!, first + second, size.distanceMin) && isQuiet;
      }
    }
    for (const point of points) keepInside(point, size);
    if (isQuiet) return;
  }
}

function pushApart(left: Point, right: Point, tie: number, distanceMin: number): boolean {
  const away = { x: right.x - left.x, y: right.y - left.y };
  const distance = Math.hypot(away.x, away.y);
  if (distance >= distanceMin - 0.5) return false;
  const direction = distance > 0.01 ? { x: away.x / distance, y: away.y / distance } : { x: Math.cos(tie), y: Math.sin(tie) };
  const push = (distanceMin - distance) / 2;
  left.x -= direction.x * push;
  left.y -= direction.y * push;
  right.x += direction.x * push;
  right.y += direction.y * push;
  return true;
}

function keepInside(point: Point, { width, height, margin }: MapSize) {
  point.x = Math.min(width - margin, Math.max(margin, point.x));
  point.y = Math.min(height - margin, Math.max(margin, point.y));
}

/** Whether a name reads better above its point: there, if the neighbours that are near lie below. */
export function isNameAbove(at: Point, others: Iterable<Point>): boolean {
  let pull = 0;
  for (const other of others) {
    const squared = (other.x - at.x) ** 2 + (other.y - at.y) ** 2;
    if (squared > 1) pull += (other.y - at.y) / squared;
  }
  return pull > 0;
}

/** A step between grid lines that gives about as many lines as wanted. */
export function gridStep(span: number, linesWanted: number): number {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45];
  return steps.find((step) => span / step <= linesWanted) ?? 60;
}

/** A curve from one point to another, bent to its left, with the middle where a label fits. */
export function bend(from: Point, to: Point, share: number): { path: string; middle: Point } {
  const control = {
    x: (from.x + to.x) / 2 + (to.y - from.y) * share,
    y: (from.y + to.y) / 2 - (to.x - from.x) * share,
  };
  return {
    path: `M${round(from.x)} ${round(from.y)}Q${round(control.x)} ${round(control.y)} ${round(to.x)} ${round(to.y)}`,
    middle: { x: from.x / 4 + control.x / 2 + to.x / 4, y: from.y / 4 + control.y / 2 + to.y / 4 },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
