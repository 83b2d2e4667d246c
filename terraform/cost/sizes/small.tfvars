# For trying it out, or for one team that can do without it for some minutes: nothing stands by.
vcpus            = 1
desired_capacity = 1
min_capacity     = 1
max_capacity     = 2

nat_gateways = "one"
waf_enabled  = false

rds_instance_class           = "db.t4g.micro"
rds_allocated_storage_gb     = 20
rds_max_allocated_storage_gb = 50
rds_multi_az                 = false
rds_backup_days              = 7

redis_node_type          = "cache.t4g.micro"
redis_num_cache_clusters = 1

log_retention_days = 30
