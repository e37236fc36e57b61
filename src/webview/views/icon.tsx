import type { VNode } from 'preact';

/** A codicon; decoration only, the word beside it says the same. */
export function Icon({ name, tone }: { name: string; tone?: string }): VNode {
  const tint = tone === undefined ? '' : ` tone-${tone}`;
  return <span class={`codicon codicon-${name}${tint}`} aria-hidden="true" />;
}
