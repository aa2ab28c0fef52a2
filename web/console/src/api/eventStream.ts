export interface StreamEvent {
  id: string;
  name: string;
  data: string;
}

/** Reads text/event-stream as it arrives, in pieces of any size. */
export class EventStreamReader {
  lastEventId = '';
  private rest = '';
  private name = '';
  private data: string[] = [];

  /** The events that the piece completes. */
  read(piece: string): StreamEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.readLine(line));
  }

  /** After a cut, half an event is worth nothing; the server sends it again. */
  forgetPartial() {
    this.rest = '';
    this.name = '';
    this.data = [];
  }

  private readLine(line: string): StreamEvent[] {
    if (line === '') {
      const event = { id: this.lastEventId, name: this.name || 'message', data: this.data.join('\n') };
      const isEmpty = this.data.length === 0;
      this.name = '';
      this.data = [];
      return isEmpty ? [] : [event];
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') this.lastEventId = value;
    if (field === 'event') this.name = value;
    if (field === 'data') this.data.push(value);
    return [];
  }
}
