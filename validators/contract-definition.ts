/** What a source file defines, and whether there is anything in it. */

export interface Definition {
  readonly name: string;
  /** The class that a method stands in, where that is known. */
  readonly owner: string | null;
  /** 1-based. */
  readonly line: number;
  readonly stub: 'yes' | 'no';
  readonly kind: 'function' | 'class' | 'value';
}
