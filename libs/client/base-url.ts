import { ArgumentError } from './errors.ts'

/**
 * The control origin's address, without a slash at its end.
 * @throws ArgumentError with a sentence when it is none.
 */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ArgumentError(`"${text}" is not an address: give one such as http://localhost:8090`)
  if (url.username || url.password)
    throw new ArgumentError(`The address of ${url.host} has credentials in it: give the token by itself`)
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`
}
