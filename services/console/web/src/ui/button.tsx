import type { ButtonHTMLAttributes } from 'react'
import { Icon, type IconName } from './icon.tsx'

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet'
  icon?: IconName
  /** Why it is off; it stays focusable, so that the sentence can be read. */
  refusal?: string | undefined
}

const kinds = {
  plain: 'border border-line bg-panel hover:bg-raised',
  primary: 'border border-transparent bg-accent font-medium text-on-accent hover:brightness-110',
  danger: 'tone-block toned border border-current bg-panel font-medium hover:tinted',
  quiet: 'border border-transparent text-muted hover:bg-raised hover:text-ink',
} as const

export function Button({ kind = 'plain', icon, refusal, children, className = '', onClick, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={refusal ? true : undefined}
      title={refusal ?? rest.title}
      onClick={refusal ? undefined : onClick}
      className={`inline-flex h-7 shrink-0 items-center gap-1.5 rounded px-2.5 whitespace-nowrap disabled:opacity-55 ${kinds[kind]} ${refusal ? 'opacity-55' : ''} ${className}`}
    >
      {icon && <Icon name={icon} size={14} />}
      {children}
    </button>
  )
}
