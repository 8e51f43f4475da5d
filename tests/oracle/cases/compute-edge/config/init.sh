echo ${region}
