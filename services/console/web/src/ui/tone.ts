export type Tone = 'neutral' | 'ok' | 'observe' | 'redact' | 'throttle' | 'block' | 'quarantine'

/** Written out, so that Tailwind finds them. */
export const toneClass: Record<Tone, string> = {
  neutral: 'tone-neutral',
  ok: 'tone-ok',
  observe: 'tone-observe',
  redact: 'tone-redact',
  throttle: 'tone-throttle',
  block: 'tone-block',
  quarantine: 'tone-quarantine',
}

export function toneOfAction(action: string | null | undefined): Tone {
  return action && action !== 'allow' && action in toneClass ? (action as Tone) : 'neutral'
}

export function toneOfStatus(status: number | null): Tone {
  if (status === null) return 'neutral'
  return status >= 500 ? 'block' : status >= 400 ? 'throttle' : 'neutral'
}
