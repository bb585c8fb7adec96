import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react'

const box = 'h-7 min-w-0 rounded border border-line bg-panel px-2'

/** A field of these takes what can be read as a number in one way only; the browser shows the title at anything else. */
export const wholeNumber = {
  inputMode: 'numeric',
  pattern: '\\s*[0-9]+\\s*',
  title: 'Digits alone, such as 1000',
} as const
export const amount = {
  inputMode: 'decimal',
  pattern: '\\s*[0-9]+([.][0-9]+)?\\s*',
  title: 'Digits with a point where it is needed, such as 1000 or 12.50',
} as const

/** A field with its name above it. */
export function Field({
  name,
  note,
  ...rest
}: { name: string; note?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <label htmlFor={id} className="text-sm text-muted">
        {name}
      </label>
      <input id={id} {...rest} className={`${box} ${rest.className ?? ''}`} />
      {note && <span className="text-sm text-muted">{note}</span>}
    </div>
  )
}

export function Choice({
  name,
  options,
  ...rest
}: {
  name: string
  options: readonly (readonly [value: string, title: string])[]
} & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <label htmlFor={id} className="text-sm text-muted">
        {name}
      </label>
      <select id={id} {...rest} className={box}>
        {options.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}
