# For a company: four replicas at any time, three times as many at the busiest, and a database and a cache that do not burst.
vcpus            = 4
desired_capacity = 4
min_capacity     = 4
max_capacity     = 12

rds_instance_class           = "db.m7g.large"
rds_allocated_storage_gb     = 200
rds_max_allocated_storage_gb = 1000
rds_backup_days              = 35

redis_node_type          = "cache.m7g.large"
redis_num_cache_clusters = 2
