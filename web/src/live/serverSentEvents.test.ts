import { describe, expect, it } from 'vitest';
import { ServerSentEvents } from './serverSentEvents';

const inPieces = (text: string, size: number) => {
  const events = new ServerSentEvents();
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => events.read(text.slice(index * size, (index + 1) * size))).flat();
};

describe('server-sent events', () => {
  const stream = 'retry: 2000\n\n: still here\n\nid: 12\ndata: one\n\nid: 30\ndata: two\ndata: lines\n\nevent: end\ndata: {"attempt":1}\n\n';
  const told = [
    { type: 'message', id: '12', data: 'one' }, { type: 'message', id: '30', data: 'two\nlines' }, { type: 'end', id: '30', data: '{"attempt":1}' },
  ];

  it.each([1, 2, 7, 1000])('are the same in pieces of %i', (size) => expect(inPieces(stream, size)).toEqual(told));
  it('may end their lines as Windows does', () => expect(inPieces(stream.replaceAll('\n', '\r\n'), 5)).toEqual(told));
  it('keep the spaces that are their own, and may be empty', () => expect(inPieces('data:  two\n\ndata:\n\ndata\n\n', 100).map((event) => event.data)).toEqual([' two', '', '']));
  it('are none where the stream breaks off', () => expect(inPieces('id: 4\ndata: half', 100)).toEqual([]));
  it('are refused where one has no end', () => expect(() => inPieces(`data: ${'x'.repeat(2_000_000)}`, 65_536)).toThrow('too long'));
});
