output "subnets" {
  description = "Id => what is known of a subnet of the VPC; public: its default route goes to an internet gateway; outbound: it goes anywhere else, as to a NAT or a transit gateway."
  value = {
    for id, subnet in data.aws_subnet.this : id => {
      availability_zone = subnet.availability_zone
      # Without IPv4 a subnet is as good as full.
      prefix_length  = try(tonumber(split("/", subnet.cidr_block)[1]), 32)
      route_table_id = local.route_table_ids[id]
      public         = contains(local.route_tables_to_internet, local.route_table_ids[id])
      outbound = (
        local.default_routes[local.route_table_ids[id]] != null
        && !contains(local.route_tables_to_internet, local.route_table_ids[id])
      )
    }
  }
}
