import { syncBuiltinESMExports } from 'node:module'
import { installAtomics } from './atomics.ts'
import { installClock } from './clock.ts'
import { installFiles } from './files.ts'
import { installFreshModules } from './fresh-modules.ts'
import { installNetwork } from './network.ts'
import { installRandomness } from './randomness.ts'
import { installThreads } from './threads.ts'

/**
 * Puts the simulation under Node's own interfaces: files, timers, clocks, sockets, threads, random numbers. The code above
 * them, ours and of libraries, runs as it is. Only code that runs in a simulated process is affected. To be imported before
 * the code that is to be simulated.
 */
installClock()
installRandomness()
installAtomics()
installFiles()
installNetwork()
installThreads()
installFreshModules()
syncBuiltinESMExports()
