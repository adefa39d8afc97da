SELECT label FROM memory.raw.trees
