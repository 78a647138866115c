"""What tests are made of: small data sets, studies, recordings, archives."""
