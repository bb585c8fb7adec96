/**
 * How long anything may take that is waited for. Far more than it takes, for the machine may be busy with other work; a run
 * in which all is well never waits as long.
 */
export const patienceMs = 120_000
