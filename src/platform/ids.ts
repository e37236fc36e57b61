import { v7 } from 'uuid';

/** Source of row ids. */
export interface Ids {
  /** A UUID v7 in lower case; ids made later sort later. */
  next(): string;
}

export class TimeOrderedIds implements Ids {
  next(): string {
    return v7();
  }
}
