/** What people call whoever did something: `person:ada` is ada. */
export function nameOf(actor: string): string {
  return actor.replace(/^[a-z]+:/, '');
}
