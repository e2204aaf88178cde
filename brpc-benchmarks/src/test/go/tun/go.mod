module brpc.test/lossy

go 1.21.1
