# forêt
CHECKS = []
