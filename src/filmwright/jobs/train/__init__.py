"""Train: a recipe and data sets of clips become a model; `run.train` is the job, which needs PyTorch."""
