/** Looks for a text in lines, a part of them at a time, and goes on where it stopped when more lines have come. */
export class LogSearch {
  readonly found: number[] = [];
  private next = 0;
  private readonly wanted: string;

  constructor(wanted: string, private readonly textOf: (line: number) => string) {
    this.wanted = wanted.toLowerCase();
  }

  /** True while lines are left. */
  advance(count: number, most: number): boolean {
    const end = Math.min(count, this.next + most);
    if (this.wanted !== '') {
      for (; this.next < end; this.next++) {
        if (this.textOf(this.next).toLowerCase().includes(this.wanted)) this.found.push(this.next);
      }
    }
    this.next = end;
    return end < count;
  }
}
