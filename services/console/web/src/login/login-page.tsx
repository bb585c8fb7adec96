import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { Problem } from '../ui/problem.tsx'
import { logIn } from './log-in.ts'

/** A link logs in by itself; otherwise the token is pasted once. It is sent to the console, and not kept in the browser. */
export function LoginPage({ ended, problem }: { ended: boolean; problem?: unknown }) {
  const [token, setToken] = useState('')
  const [error, setError] = useState(problem)
  const [busy, setBusy] = useState(false)
  const attempt = async (credential: { token: string } | { code: string }) => {
    setBusy(true)
    setError(undefined)
    try {
      await logIn(credential)
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  return (
    <main className="mx-auto flex max-w-md flex-col gap-4 px-4 py-[14vh]">
      <h1 className="text-xl font-semibold">AIRS-CP</h1>
      {ended && <p>Your session has ended. Log in again; you stay on this page.</p>}
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          attempt({ token: token.trim() })
        }}
      >
        <label htmlFor="token">Token of the control APIs</label>
        <div className="flex gap-2">
          <input
            id="token"
            type="password"
            autoComplete="off"
            value={token}
            onChange={({ target }) => setToken(target.value)}
            className="h-7 min-w-0 grow rounded border border-line bg-panel px-2 font-mono"
          />
          <Button kind="primary" type="submit" disabled={busy || token.trim() === ''}>
            Log in
          </Button>
        </div>
      </form>
      {error !== undefined && <Problem error={error} what="The login" />}
      <div className="flex flex-col gap-2 text-muted">
        <p>Or make a link that logs you in, where the CLI has a token:</p>
        <Snippet text="npx airs console" />
        <p>
          The token goes to the console, which keeps it for twelve hours at most. The browser gets a cookie
          that no script can read.
        </p>
      </div>
    </main>
  )
}
