const paths = {
  overview: 'M2 9h4V2H2zM8 14h6V7H8zM2 14h4v-3H2zM8 5h6V2H8z',
  traffic: 'M1.5 8h3l2-5 3 10 2-5h3',
  sessions: 'M3 3h6v4H3zM9 5h4v6M7 9h6v4H7z',
  policies: 'M8 1.5 13.5 4v4c0 3.2-2.2 5.2-5.5 6.2C4.7 13.2 2.5 11.2 2.5 8V4z',
  agents: 'M4 6h8v7H4zM8 6V3M6.5 9v1M9.5 9v1M2 8v3M14 8v3',
  keys: 'M10.5 2a3.5 3.5 0 1 1-3 5.3L2 12.8V14h2.5v-1.5H6V11h1.5l1.4-1.5',
  exports: 'M8 2v8M5 7l3 3 3-3M2.5 11v2.5h11V11',
  health: 'M8 14S2 10.5 2 6.2A3.2 3.2 0 0 1 8 4.7a3.2 3.2 0 0 1 6 1.5C14 10.5 8 14 8 14z',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.5 10.5 14 14',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M5 3l8 5-8 5z',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5V10M8 11.5v.5',
  block: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM4 4l8 8',
  observe: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z',
  redact: 'M2 5h12v6H2zM4 8h8',
  throttle: 'M8 3v5l3 2M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  quarantine: 'M4 7.5h8V13H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  external: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  plus: 'M8 3v10M3 8h10',
  exit: 'M6 3H3v10h3M9 5l3 3-3 3M12 8H6',
  user: 'M8 2.5a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM2.5 14c.5-3 2.7-4.3 5.5-4.3s5 1.3 5.5 4.3',
  tool: 'M9.5 2.5a3.5 3.5 0 0 0-3 5L2.5 11.5l2 2L8.5 9.5a3.5 3.5 0 0 0 4.5-4.5L11 7 9 5l2-2z',
  download: 'M8 2v8M5 7l3 3 3-3M3 13.5h10',
} as const

export type IconName = keyof typeof paths

/** Decoration: the word stands beside it, or on the button that has it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      <path d={paths[name]} />
    </svg>
  )
}
