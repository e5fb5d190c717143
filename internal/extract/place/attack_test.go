package place_test

import (
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/extract/place"
)

// No place leads to what answers for this machine alone, however its address is written: a name that was made to lead
// there comes to the same door, which is asked about the address that is dialled.
func TestAttackOfAddressesOfMetadata(t *testing.T) {
	_, hostKey, keyFile := sftpServer(t)
	for _, host := range []string{"169.254.169.254", "169.254.170.2", "[::ffff:169.254.169.254]", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "0.0.0.0", "[::]", "224.0.0.1"} {
		for kind, s := range map[string]place.Settings{
			"s3":   {S3: "http://" + host, Bucket: "extraits", AccessKey: "AK", SecretKey: "x"},
			"sftp": {SFTP: host + ":22", User: "belvedere", KeyFile: keyFile, HostKey: hostKey, Path: "/"},
		} {
			err := put(t, s, name, int64(len(content)), strings.NewReader(string(content)))
			if err == nil || !strings.Contains(belvedere.Message(err), "n’est pas l’adresse d’une machine") {
				t.Errorf("%s at %s: %v", kind, host, err)
			}
		}
	}
}
