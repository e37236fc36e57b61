import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

export interface HttpAnswer {
  status: number;
  /** The `Location` header as sent. */
  location: string | null;
  /** As UTF-8, cut after the most bytes that were asked for. */
  body: string;
  isWhole: boolean;
}

export interface HttpOptions {
  signal: AbortSignal;
  mostBytes: number;
  /** Refuses a name that leads anywhere but to this machine. */
  loopbackOnly: boolean;
}

/** Questions over HTTP. */
export interface Http {
  /**
   * One GET, without following redirects, without a proxy, cookies or credentials. Rejects with the
   * system's error when there is no answer.
   */
  get(url: URL, options: HttpOptions): Promise<HttpAnswer>;
}

/** Finds the addresses of a host by its name. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export class NodeHttp implements Http {
  constructor(private readonly resolve: Resolve = lookup) {}

  get(url: URL, { signal, mostBytes, loopbackOnly }: HttpOptions): Promise<HttpAnswer> {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const options: RequestOptions = {
      signal,
      agent: false,
      headers: { 'user-agent': 'runsheet', accept: '*/*' },
      ...(loopbackOnly ? { lookup: ownAddresses(this.resolve) } : {}),
    };
    return new Promise((resolve, reject) => {
      const asking = start(url, options, (message) => {
        answerOf(message, mostBytes).then(resolve, reject);
      });
      asking.once('error', reject);
      asking.end();
    });
  }
}

async function answerOf(message: IncomingMessage, mostBytes: number): Promise<HttpAnswer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of message) {
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece));
    pieces.push(bytes);
    size += bytes.length;
    // Leaving the loop closes the connection.
    if (size > mostBytes) break;
  }
  const body = Buffer.concat(pieces).subarray(0, mostBytes).toString('utf8');
  const { statusCode = 0, headers } = message;
  return {
    status: statusCode,
    location: headers.location ?? null,
    body,
    isWhole: size <= mostBytes,
  };
}

/** Only what is this machine: a hosts file could send `localhost` elsewhere. */
function ownAddresses(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const own = addresses.filter(({ address }) => isLoopbackAddress(address));
      const [first] = own;
      if (first === undefined) callback(new Error(`${hostname} is not this machine`), '');
      else if (options.all === true) callback(null, own);
      else callback(null, first.address, first.family);
    });
  };
}

function isLoopbackAddress(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1';
}
