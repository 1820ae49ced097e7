export interface ServerSentEvent { type: string; id: string; data: string }

/** What no server of ours sends in one line; more would fill the page's memory. */
const longestLine = 1024 * 1024;

/** Takes a stream of server-sent events apart, in pieces that end anywhere. The browser's own EventSource reads as fast as the server sends, and cannot be told where to begin. */
export class ServerSentEvents {
  private rest = '';
  private type = '';
  private id = '';
  private data: string[] = [];

  /** The events that a piece of the stream brings to their end. */
  read(text: string): ServerSentEvent[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.rest.length > longestLine) throw new Error('The server sent an event that is too long.');
    const events: ServerSentEvent[] = [];
    for (const line of lines) {
      const event = this.take(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (event) events.push(event);
    }
    return events;
  }

  private take(line: string): ServerSentEvent | null {
    if (line === '') return this.end();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
    else if (field === 'event') this.type = value;
    // Everything else is a comment, or for others.
    return null;
  }

  private end(): ServerSentEvent | null {
    const { type, id, data } = this;
    this.type = '';
    this.data = [];
    return data.length === 0 ? null : { type: type || 'message', id, data: data.join('\n') };
  }
}
