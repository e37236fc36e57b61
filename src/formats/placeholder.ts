const placeholder = /__YOUR_\w{1,40}__|\[TODO\]|\breplace with your\b/i;

/** Whether a text was never filled in since it was copied from a template. */
export function isPlaceholder(text: string): boolean {
  return placeholder.test(text);
}

/** Why work whose text is a placeholder cannot be run. */
export const placeholderReason = 'It is the placeholder of a template: write what is to be done.';
