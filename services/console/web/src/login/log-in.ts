import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import { type Session, setSession } from './session-store.ts'

/** Logs in with the code of a login link where the address has one; else asks whether the browser has a session already. */
export async function findSession(): Promise<void> {
  const code = codeInAddress()
  try {
    if (code !== undefined) await logIn({ code })
    else {
      const { session } = await read(api.GET('/session'))
      if (session) open(session)
      else setSession({ state: 'none', ended: false })
    }
  } catch (problem) {
    setSession({ state: 'none', ended: false, problem })
  }
}

export async function logIn(credential: { token: string } | { code: string }): Promise<void> {
  open(await read(api.POST('/session', { body: credential })))
}

export async function logOut(): Promise<void> {
  await read(api.DELETE('/session'))
  setSession({ state: 'none', ended: false })
  queryClient.clear()
}

let last: string | undefined

/** What another person has read or written in this tab is none of this one's business. */
function open(session: Session): void {
  const who = JSON.stringify([session.name, session.role])
  if (last !== undefined && last !== who) queryClient.clear()
  last = who
  setSession({ state: 'open', session })
}

function codeInAddress(): string | undefined {
  return /^#code=([\w-]+)$/.exec(location.hash)?.[1]
}
