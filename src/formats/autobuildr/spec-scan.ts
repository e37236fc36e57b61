// Elements of a text that looks like XML and often is none: bare `&`, `<=`, `Array<T>`.

/** An element with what stands in it; offsets are into the whole text. */
export interface Element {
  name: string;
  attributes: ReadonlyMap<string, string>;
  /** Of the opening tag. */
  start: number;
  contentStart: number;
  contentEnd: number;
  children: Element[];
}

const tag =
  /<(\/?)([A-Za-z][\w.-]{0,80})((?:\s+[\w:.-]{1,80}\s*=\s*(?:"[^"]{0,20000}"|'[^']{0,20000}'))*)\s{0,80}(\/?)>/g;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The text with its comments blanked out, so that offsets stay. */
export function withoutComments(text: string): string {
  let result = '';
  let from = 0;
  for (let open = text.indexOf('<!--'); open >= 0; open = text.indexOf('<!--', from)) {
    const close = text.indexOf('-->', open + 4);
    // A comment that is never closed hides nothing.
    if (close < 0) break;
    result += text.slice(from, open) + text.slice(open, close + 3).replace(/[^\r\n]/g, ' ');
    from = close + 3;
  }
  return result + text.slice(from);
}

/** The elements of a text, the root's `children` being the outermost. */
export function scanElements(text: string): Element {
  const builder = new ElementBuilder(text.length);
  for (const match of text.matchAll(tag)) {
    const [whole, slash, name = '', attributes = '', empty] = match;
    const end = match.index + whole.length;
    if (slash === '/') builder.close(name, match.index);
    else builder.open(name, attributesIn(attributes), match.index, end, empty === '/');
  }
  return builder.finish();
}

// What is left open by mistake but surely was meant as an element.
const structural =
  /^(?:project_specification|core_features|category|feature|implementation_(?:steps|plan)|(?:step|phase)(?:_\w+)?|tasks)$/;

class ElementBuilder {
  private readonly root: Element;
  private readonly stack: Element[];
  /** How many elements of each name are open: an end that belongs to none costs no search. */
  private readonly opened = new Map<string, number>();

  constructor(private readonly length: number) {
    const attributes = new Map<string, string>();
    this.root = {
      ...{ name: '', attributes, start: 0, contentStart: 0, contentEnd: length },
      children: [],
    };
    this.stack = [this.root];
  }

  open(
    name: string,
    attributes: ReadonlyMap<string, string>,
    start: number,
    end: number,
    empty: boolean,
  ): void {
    const element = { name, attributes, start, contentStart: end, contentEnd: end, children: [] };
    this.top().children.push(element);
    if (empty) return;
    this.stack.push(element);
    this.opened.set(name, (this.opened.get(name) ?? 0) + 1);
  }

  close(name: string, at: number): void {
    if ((this.opened.get(name) ?? 0) === 0) return;
    while (this.top().name !== name) this.leave(at);
    this.pop().contentEnd = at;
  }

  finish(): Element {
    while (this.stack.length > 1) this.leave(this.length);
    return this.root;
  }

  /** Ends an element that was never closed: an element all the same, or a sign such as `<T>`. */
  private leave(at: number): void {
    const element = this.pop();
    element.contentEnd = at;
    if (structural.test(element.name)) return;
    const { children } = this.top();
    children.splice(children.lastIndexOf(element), 1, ...element.children.splice(0));
  }

  private pop(): Element {
    const element = this.stack.pop() ?? this.root;
    this.opened.set(element.name, (this.opened.get(element.name) ?? 1) - 1);
    return element;
  }

  private top(): Element {
    return this.stack.at(-1) ?? this.root;
  }
}

function attributesIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(attribute)].map(([, name = '', double, single]) => [
      name,
      decodeEntities(double ?? single ?? ''),
    ]),
  );
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

export function decodeEntities(text: string): string {
  return text.replace(/&(?:([a-z]{2,4})|#(\d{1,7}));/g, (whole, name?: string, code?: string) => {
    if (code !== undefined)
      return Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : whole;
    return name !== undefined && Object.hasOwn(entities, name) ? (entities[name] ?? whole) : whole;
  });
}

/** All elements below one, outermost first, without looking into those that are found. */
export function findElements(
  { children }: Element,
  isWanted: (element: Element) => boolean,
): Element[] {
  const found: Element[] = [];
  const rest = children.toReversed();
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (isWanted(next)) found.push(next);
    else for (const child of next.children.toReversed()) rest.push(child);
  }
  return found;
}

export function findElement(element: Element, ...names: string[]): Element | undefined {
  return findElements(element, ({ name }) => names.includes(name))[0];
}
