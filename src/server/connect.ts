import { connect, type Socket } from 'node:net'
import { oneLine } from '../errors.ts'
import { printable } from '../image/path.ts'
import { Fault } from './fault.ts'

/**
 * A TCP connection; of a name's addresses each is tried in turn (RFC 8305).
 * @param patience milliseconds for one address before the next is tried
 * @throws Fault `unreachable`; what the signal is aborted with
 */
export function connectTo(
  host: string,
  port: number,
  patience: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: patience,
    })
    const stop = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', error => {
      signal.removeEventListener('abort', stop)
      reject(new Fault('unreachable', whyUnreachable(error)))
    })
  })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; check the name and the port',
  ENOTFOUND: 'its name is not found; check it, and the network (HTTPS_PROXY where one is needed)',
  EAI_AGAIN: 'its name can not be looked up now; check the network (HTTPS_PROXY where one is needed)',
  ETIMEDOUT: 'it does not answer; a firewall may swallow what is sent there',
  EHOSTUNREACH: 'there is no way to it; check the network',
  ENETUNREACH: 'there is no way to it; check the network',
  ECONNRESET: 'it cuts the connection at once',
}

function whyUnreachable(error: Error): string {
  // Of several addresses the first one's failure tells most.
  const one = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = (one as NodeJS.ErrnoException).code ?? ''
  return reasons[code] ?? `the connection failed: ${printable(oneLine(one)) || code}`
}
