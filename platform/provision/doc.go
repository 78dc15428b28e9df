// Package provision makes a cluster and a registry what the contracts say: topics, subjects with their levels and schemas,
// who may do what (ACLs), users, quotas, and the descriptors on the control topics.
//
//	wanted, err := provision.Want(set, options)      what the contracts ask for; pure
//	plan, err := cluster.Plan(ctx, wanted)           what there is, compared: a list of steps, saved as JSON
//	err = cluster.Apply(ctx, plan, ...)              those steps and no others, if the world is still as the plan saw it
//	drift, err := cluster.Drift(ctx, wanted)         the same comparison, as findings
//
// There is no database. What Tidemark owns is what the contracts name now, and, of the domains that they speak for, what
// has a name that only a data product of theirs can have: a data product that the contracts or the control topic
// platform.mesh.products.v1 know, in any version. Nothing else is ever touched, and of that nothing is deleted that is
// not named (Options.Prune).
//
// A step says what it found and what it leaves. So an apply that was cut off goes on when it is run again: what is done
// already is seen to be done, and what is neither as it was nor as it should be stops it before it begins.
package provision
