import type { Stack } from './stack.ts'

/** The address that logs a browser in to the console, once; undefined where the console makes none. */
export async function loginLink({ urls, token }: Pick<Stack, 'urls' | 'token'>): Promise<string | undefined> {
  if (!urls.console) return undefined
  try {
    const address = new URL('/session/links', urls.console.replace('//127.0.0.1:', '//localhost:'))
    const response = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    })
    return response.ok ? ((await response.json()) as { url: string }).url : undefined
  } catch {
    return undefined
  }
}
