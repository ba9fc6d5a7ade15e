# A quarter of the fleet at a time: salt --batch-size 25% MINIONS state.apply NAME (with test=True it changes nothing).
deselect AddTrust_External_Root.crt:
  file.replace:
    - name: /etc/ca-certificates.conf
    - pattern: '^mozilla/AddTrust_External_Root\.crt$'
    - repl: '!mozilla/AddTrust_External_Root.crt'
    - backup: false
make the trust store anew:
  cmd.run:
    - name: update-ca-certificates --fresh
    - onchanges:
        - file: deselect AddTrust_External_Root.crt
# What still runs with the old store must be restarted, each service by a state of its own:
# nginx:
#   service.running:
#     - watch:
#       - cmd: make the trust store anew
