CHECKS = [len]
