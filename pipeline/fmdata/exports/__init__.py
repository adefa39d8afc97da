"""A release once more, as one file or folder of another format: what it holds does not change on the way."""

from fmdata.exports.making import default_name, export

__all__ = ["default_name", "export"]
