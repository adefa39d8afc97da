"""What changed, in lines for a changelog: made from the changes of a build, and kept short enough to be read."""
