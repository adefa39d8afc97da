"""The same build on Apache Spark, for data beyond one machine. Nothing else imports this package but the command.

Where the two engines differ, and nowhere else: who reads the bytes (`reading`), who holds the rows (`staging`), who
answers questions about whole tables (`answering`) and who writes the files (`publishing`). What is asked of each row,
each key and each file is the very code of the local engine, run on the workers (`worker`).
"""
