import { type HostCalls, nodeCalls } from '../../src/store/sqlite/host-calls';

/** The real calls; `before` sees each one first and may throw in its place, `after` its result. */
export function interceptedCalls(
  before: (name: string, args: readonly unknown[]) => void,
  after: (name: string, args: readonly unknown[], result: unknown) => void = () => undefined,
): HostCalls {
  return new Proxy(nodeCalls, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== 'function') return call;
      return (...args: unknown[]): unknown => {
        before(String(name), args);
        const result: unknown = Reflect.apply(call, target, args);
        after(String(name), args, result);
        return result;
      };
    },
  });
}

/** An error as the operating system's. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
