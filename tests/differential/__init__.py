"""Three judges of one case: our path, plain DuckDB SQL written anew from the specification, and frictionless."""
