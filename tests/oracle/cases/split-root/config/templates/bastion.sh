#!/bin/sh
yum -y update
