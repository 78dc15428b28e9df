// Package broker is the Kafka broker that `tidemark demo` starts: kfake, which speaks the real protocol with
// transactions, in this process, on a loopback port, in memory or in a folder.
//
// kfake is made for tests. To keep a folder through kill -9 it lacks two things, and this package adds them:
//
//   - It ends a transaction partition by partition and then moves the offsets, without noting first that it is about
//     to. A crash in between leaves half a transaction. journal.go notes every commit before it happens, as Kafka's
//     __transaction_state does, and recovery finishes the one that was under way.
//   - It treats transactions that were open at a crash as aborted, but writes that down nowhere: at the next crash their
//     records count as committed as soon as their producer committed anything later. recovery.go writes the missing
//     abort markers before kfake reads the folder, and cuts off what was half written.
//
// What a machine's crash, not a process's, loses is another matter: nothing is synced to the disk at once, as with
// Kafka's own defaults.
package broker
