/** Whether a heading calls itself a phase. */
export function isPhaseTitle(title: string): boolean {
  return /^[^\p{L}\p{N}]*(?:phase(?![a-z])|フェーズ|阶段|階段)/iu.test(title);
}

const written = /(?:phase|フェーズ|阶段|階段)\s*([A-Z]?\d+(?:\.\d+)*|[A-Z])(?![\p{L}\p{N}])/iu;

/** The number or letter of a heading that calls itself a phase, as written; `null` without one. */
export function phaseNumber(title: string): string | null {
  return isPhaseTitle(title) ? (written.exec(title)?.[1] ?? null) : null;
}
