import type { IconName } from '../ui/icon.tsx'

export type Destination = { to: string; name: string; icon: IconName; key: string; question: string }

/** The pages of the rail: `g` and the key go there. */
export const destinations: readonly Destination[] = [
  {
    to: '/',
    name: 'Overview',
    icon: 'overview',
    key: 'o',
    question: 'Is anything unrecorded, blocked, broken or expensive?',
  },
  { to: '/traffic', name: 'Traffic', icon: 'traffic', key: 't', question: 'What is happening now?' },
]
