import { get as getPlain } from 'node:http'
import { get as getTls } from 'node:https'

/**
 * Asks a process of this machine for `/readyz`. Its certificate, if it has one, is for the names that its clients use and
 * not for this address, so it is not checked: nothing is sent, and the response decides on nothing but waiting.
 * @throws when it does not respond within the limit.
 */
export function askReadiness(url: string, limitMs: number): Promise<{ status: number; body: string }> {
  const get = url.startsWith('https:') ? getTls : getPlain
  return new Promise((resolve, reject) => {
    const options = { rejectUnauthorized: false, signal: AbortSignal.timeout(limitMs), agent: false } as const
    const request = get(`${url}/readyz`, options, async (response) => {
      try {
        let body = ''
        for await (const chunk of response.setEncoding('utf8')) body += chunk
        resolve({ status: response.statusCode!, body })
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', reject)
  })
}
