import { api, read } from '../api/client.ts'
import { setSession } from './session-store.ts'

/** Logs in with the code of a login link where the address has one; else asks whether the browser has a session already. */
export async function findSession(): Promise<void> {
  const code = codeInAddress()
  try {
    if (code !== undefined) await logIn({ code })
    else {
      const { session } = await read(api.GET('/session'))
      setSession(session ? { state: 'open', session } : { state: 'none', ended: false })
    }
  } catch (problem) {
    setSession({ state: 'none', ended: false, problem })
  }
}

export async function logIn(credential: { token: string } | { code: string }): Promise<void> {
  setSession({ state: 'open', session: await read(api.POST('/session', { body: credential })) })
}

export async function logOut(): Promise<void> {
  await read(api.DELETE('/session'))
  setSession({ state: 'none', ended: false })
}

function codeInAddress(): string | undefined {
  return /^#code=([\w-]+)$/.exec(location.hash)?.[1]
}
