/** Seeds that failed once, and what they found. */
export const knownSeeds: { seed: string; found: string }[] = [
  { seed: '2', found: 'a power cut took away new folders, with the keys of the log in them' },
  {
    seed: '5',
    found:
      'a clock that was set back: the event store reported no progress until it had caught up; what was announced of a journal whose last sync had failed was gone after a power cut',
  },
  { seed: '20', found: 'an ingress that lost its lock and was not started again' },
  { seed: '23', found: 'a clock that was set back: no process reconnected to NATS until it had caught up' },
  {
    seed: '107',
    found:
      'journals of earlier processes that a start could not write to were left aside until the next start, with what they had not shipped',
  },
]
